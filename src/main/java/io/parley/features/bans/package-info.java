/** Who is kept out of a group: banning, the list, taking it back. Others may use the actions. */
@org.jspecify.annotations.NullMarked
package io.parley.features.bans;
