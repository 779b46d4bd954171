/**
 * How texts become words that can be found, and searches what is looked for among them. Pure: knows no database and no
 * feature. For {@code features.search} only.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.search.text;
