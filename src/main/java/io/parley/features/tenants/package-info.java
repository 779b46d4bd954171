/**
 * What an operator decides for a tenant: for now how much it and its people may do. Kept in the tenant's settings; nodes
 * follow by {@code server.limits.LimitActions}. The operator names a tenant by its slug, as elsewhere.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.tenants;
