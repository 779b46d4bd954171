/** Links by which people come into a group: making and revoking them, looking at one, coming in. Others may use the actions. */
@org.jspecify.annotations.NullMarked
package io.parley.features.invites;
