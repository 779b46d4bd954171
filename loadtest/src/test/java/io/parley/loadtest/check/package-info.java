/** Tests of the package of the same name. */
@NullMarked
package io.parley.loadtest.check;

import org.jspecify.annotations.NullMarked;
