/**
 * Makes the people and conversations that a load needs, over the operator's part of the REST interface. Used before
 * the load begins; nothing here is in the path that is measured.
 */
@NullMarked
package io.parley.loadtest.provision;

import org.jspecify.annotations.NullMarked;
