/**
 * Where Parley starts: {@link io.parley.Main} is a list of named steps, {@link io.parley.Features} the one list
 * of what the product does. Nothing may depend on this package.
 *
 * <p>Layers, each of which sees only those to its right: {@code Main, Features -> features.* -> server.* -> bus ->
 * support}. ArchitectureTest holds them.
 */
@org.jspecify.annotations.NullMarked
package io.parley;
