/** Tests of the package of the same name. */
@NullMarked
package io.parley.loadtest.client;

import org.jspecify.annotations.NullMarked;
