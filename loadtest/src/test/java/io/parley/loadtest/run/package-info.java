/** Tests of the package of the same name. */
@NullMarked
package io.parley.loadtest.run;

import org.jspecify.annotations.NullMarked;
