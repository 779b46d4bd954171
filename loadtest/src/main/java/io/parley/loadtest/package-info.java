/**
 * A load harness for Parley: the command line, the scenarios and what they report. Talks to the server by its public
 * protocol alone and shares no class with it.
 */
@NullMarked
package io.parley.loadtest;

import org.jspecify.annotations.NullMarked;
