/**
 * What is to be done: scenarios as small YAML files, read strictly into records. Knows nothing of how it is done.
 */
@NullMarked
package io.parley.loadtest.scenario;

import org.jspecify.annotations.NullMarked;
