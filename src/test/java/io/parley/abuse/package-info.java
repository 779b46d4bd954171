/**
 * What must not be possible, whatever is sent: every test is an attack on a real node and ends with the node in
 * good health and nobody else disturbed.
 */
@org.jspecify.annotations.NullMarked
package io.parley.abuse;
