/**
 * Roles of people's own making: named sets of permissions, of a group or of the whole tenant. Giving one to a member is the
 * matter of conversations. Others may use the actions.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.roles;
