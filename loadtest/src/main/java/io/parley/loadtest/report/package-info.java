/**
 * What people and programs get to see: lines of JSON, the progress on the terminal, pages with plots, comparisons.
 * Knows figures and shapes, nothing of how they came about.
 */
@NullMarked
package io.parley.loadtest.report;

import org.jspecify.annotations.NullMarked;
