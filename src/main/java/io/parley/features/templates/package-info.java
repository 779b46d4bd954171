/** What groups can be made of: templates of the tenant, made by platform admins. Others may use the actions. */
@org.jspecify.annotations.NullMarked
package io.parley.features.templates;
