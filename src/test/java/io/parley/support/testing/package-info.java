/**
 * What tests share: real servers started once, and short ways to talk to them. Used by tests only.
 */
@NullMarked
package io.parley.support.testing;

import org.jspecify.annotations.NullMarked;
