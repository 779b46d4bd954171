/**
 * What is delivered beside the program: image, Compose file, chart. Checked as far as that goes without a container
 * engine or a cluster: with the real helm, the types of Kubernetes, Compose's schema, and our own configuration loader.
 */
@org.jspecify.annotations.NullMarked
package io.parley.delivery;
