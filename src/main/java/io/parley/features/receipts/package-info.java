/**
 * Who has received and read how far: marks that move forward, gathered for a moment and written many at once, and the
 * lists of them. Other features may use the actions.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.receipts;
