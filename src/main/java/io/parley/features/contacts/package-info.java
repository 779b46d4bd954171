/**
 * Who knows whom: requests and contacts, blocks, and finding people by hashes of their phone numbers and mail addresses.
 * What two people do about each other is done by functions of the database that lock the pair. Other features may use the
 * actions and the events; in SQL, {@code blocked_between} says whether somebody has blocked somebody.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.contacts;
