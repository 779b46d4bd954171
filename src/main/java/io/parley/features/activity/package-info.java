/**
 * What happened lately: a projection of the journal that tells which conversations are active. Uses no other feature.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.activity;
