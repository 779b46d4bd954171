/** Tests of the package of the same name. */
@NullMarked
package io.parley.loadtest.scenario;

import org.jspecify.annotations.NullMarked;
