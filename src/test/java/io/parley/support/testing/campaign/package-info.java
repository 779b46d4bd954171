/**
 * Traffic with faults: many people who talk, come, go and are moved about while something breaks, and at the end
 * the proof. Needs a running server, no test framework.
 */
@org.jspecify.annotations.NullMarked
package io.parley.support.testing.campaign;
