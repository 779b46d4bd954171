/** Tests of the package of the same name. */
@NullMarked
package io.parley.loadtest.report;

import org.jspecify.annotations.NullMarked;
