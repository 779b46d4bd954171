/**
 * What the product does, one package ("room") for each noun. A feature uses the hosts in {@code server}, the bus and
 * {@code support}, and of another feature only its public actions and events. Only {@code io.parley.Features} and Main
 * know them all.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features;
