/** Tests of the package of the same name. */
@NullMarked
package io.parley.loadtest.provision;

import org.jspecify.annotations.NullMarked;
