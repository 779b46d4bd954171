/**
 * Does what a scenario says: brings people together, applies loads one after another, watches the server meanwhile, and
 * judges. Above all other packages but the command line.
 */
@NullMarked
package io.parley.loadtest.run;

import org.jspecify.annotations.NullMarked;
