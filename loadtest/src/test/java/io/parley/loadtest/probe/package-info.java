/** Tests of the package of the same name. */
@NullMarked
package io.parley.loadtest.probe;

import org.jspecify.annotations.NullMarked;
