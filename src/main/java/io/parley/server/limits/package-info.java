/**
 * How much people and tenants may ask for: {@code Limits}, one for a node, which the hosts ask before they let a request
 * through and features where only they know what it is. The figures are those of the configuration, or those that an
 * operator has set for the tenant ({@code features.tenants} keeps them; the node follows). What may be done in an hour is
 * counted in the database by those who do it; from here they only get the figure.
 */
@org.jspecify.annotations.NullMarked
package io.parley.server.limits;
