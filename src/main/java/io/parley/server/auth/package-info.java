/**
 * Who a caller is: what a token is turned into, and the seam through which the hosts ask. The accounts feature
 * implements it.
 */
@org.jspecify.annotations.NullMarked
package io.parley.server.auth;
