/**
 * Proves from what clients saw, and from what the server says it holds at the end, that the guarantees of the
 * core were kept. Pure: no sockets, no clock, no test framework. Tests, the load harness and fault campaigns use it.
 */
@org.jspecify.annotations.NullMarked
package io.parley.support.testing.checker;
