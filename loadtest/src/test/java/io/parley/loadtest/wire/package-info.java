/** Tests of the package of the same name. */
@NullMarked
package io.parley.loadtest.wire;

import org.jspecify.annotations.NullMarked;
