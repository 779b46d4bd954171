package io.parley.loadtest.check;

import java.util.Arrays;
import java.util.UUID;

/** How far one session has got in each of its rooms. Belongs to the thread that reads the session. */
public final class Positions {
    final int person;
    final UUID user;
    private final int[] rooms;
    private final long[] versions;
    /** The highest version of each room that the server has spoken of. */
    private final long[] heard;
    /** Up to where the person has got each room by asking: an event of before may still be on its way. */
    private final long[] asked;
    /** The last of the person's own sends that has come back in each room, with its step. */
    private final long[] own;

    /** @param rooms indexes, ascending */
    public Positions(int person, UUID user, int[] rooms) {
        this.person = person;
        this.user = user;
        this.rooms = rooms;
        this.versions = new long[rooms.length];
        this.heard = new long[rooms.length];
        this.asked = new long[rooms.length];
        this.own = new long[rooms.length];
        Arrays.fill(own, -1);
    }

    /** The index of the person. */
    public int person() {
        return person;
    }

    public UUID user() {
        return user;
    }

    public int rooms() {
        return rooms.length;
    }

    public int room(int slot) {
        return rooms[slot];
    }

    /** The slot of a room, negative if the person is not in it. */
    public int slot(int room) {
        return Arrays.binarySearch(rooms, room);
    }

    public long version(int slot) {
        return versions[slot];
    }

    /** The server has said that this is where the room is; what came already counts too. */
    public void startAt(int slot, long version) {
        versions[slot] = Math.max(versions[slot], version);
    }

    /** The server has said that the room is there by now; what lies between is still to come. */
    public void heard(int slot, long version) {
        heard[slot] = Math.max(heard[slot], version);
    }

    /** Whether the server has spoken of more than the session has got. */
    public boolean isBehind(int slot) {
        return heard[slot] > versions[slot];
    }

    /** All that the session has of the room by now came as the answer to a question. */
    public void gotByAsking(int slot) {
        asked[slot] = versions[slot];
    }

    /** Whether an event of this version may have crossed the answer that had it already. */
    boolean mayHaveCrossed(int slot, long version) {
        return version <= asked[slot];
    }

    void advance(int slot, long version) {
        versions[slot] = version;
    }

    /** Whether the person's own sends come back in the order in which they were made. */
    boolean ownInOrder(int slot, long command) {
        boolean ordered = command > own[slot];
        own[slot] = Math.max(command, own[slot]);
        return ordered;
    }
}
