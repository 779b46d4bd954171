/**
 * What the operating system and the server's management port tell of the processes that are measured. Linux only;
 * elsewhere, or where a process is on another machine, the figures are left out.
 */
@NullMarked
package io.parley.loadtest.probe;

import org.jspecify.annotations.NullMarked;
