/**
 * A person's log-ins as he sees them: on which devices he is logged in, since when, from where, whether there is a
 * connection now; ending one or all of them. Log-ins come and go in the accounts feature, which tells of it with the
 * events of this one. Others may use the actions and events.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.devices;
