/** The directory of public groups. Others may use the action. */
@org.jspecify.annotations.NullMarked
package io.parley.features.directory;
