/**
 * Threads: conversations that hang on a message of another one, those who follow them, and what the message shows of
 * its thread, which is brought up to date behind the journal. What is said in a thread is sent and read as in every
 * conversation. Other features may use the actions.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.threads;
