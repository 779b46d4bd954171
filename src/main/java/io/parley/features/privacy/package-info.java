/**
 * What a person lets others see of him, and ask of him. Whoever shows or does it judges by the database: {@code
 * reads_silently} for read marks, {@code shows_reading} for when that was, {@code
 * refuses_requests} and {@code refuses_group} for the others. Other features may use the actions.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.privacy;
