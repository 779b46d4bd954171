package io.parley.server.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rooms that one session is in. A list, because most sessions are in few and there are very many sessions. */
final class Subscriptions {
    /** Nothing is known of the conversation yet; not 0, for one is in a new conversation from its version 0 on. */
    private static final long NOWHERE = -1;

    private final Session session;
    private final SessionLoop loop;
    private final List<Subscription> all = new ArrayList<>(0);

    Subscriptions(Session session, SessionLoop loop) {
        this.session = session;
        this.loop = loop;
    }

    List<Subscription> all() {
        return all;
    }

    boolean contains(Subscription subscription) {
        return all.contains(subscription);
    }

    @Nullable
    Subscription of(UUID conversation) {
        for (Subscription subscription : all) {
            if (subscription.room.conversation.equals(conversation)) {
                return subscription;
            }
        }
        return null;
    }

    private Map<UUID, Subscription> byConversation() {
        Map<UUID, Subscription> found = HashMap.newHashMap(all.size());
        all.forEach(subscription -> found.put(subscription.room.conversation, subscription));
        return found;
    }

    Subscription add(UUID conversation, long from, long readsFrom) {
        Subscription subscription = new Subscription(session, loop.room(conversation), from, readsFrom);
        all.add(subscription);
        subscription.room.add(subscription);
        return subscription;
    }

    /** Those that are not there yet, with nothing known of them. */
    void addAll(List<UUID> conversations) {
        Map<UUID, Subscription> present = byConversation();
        for (UUID conversation : conversations) {
            if (!present.containsKey(conversation)) {
                add(conversation, NOWHERE, Subscription.NOTHING_OLD);
            }
        }
    }

    void remove(Subscription subscription) {
        all.remove(subscription);
        left(subscription);
    }

    private void left(Subscription subscription) {
        subscription.room.remove(subscription);
        loop.left(subscription.room);
    }

    void clear() {
        all.forEach(this::left);
        all.clear();
    }

    /** Those of the conversations that the session is not in, or has come into at a later version. */
    List<UUID> lacking(List<HubActions.Head> heads) {
        Map<UUID, Subscription> present = byConversation();
        return heads.stream()
                .filter(head -> {
                    Subscription subscription = present.get(head.conversation());
                    return subscription == null || subscription.from > head.lastVersion();
                })
                .map(HubActions.Head::conversation)
                .toList();
    }

    /** A room that the snapshot does not have was lost before it, unless it was gained after it. */
    void startAt(HubActions.AccountHeads heads) {
        Map<UUID, Subscription> others = byConversation();
        for (HubActions.Head head : heads.heads()) {
            Subscription subscription = others.remove(head.conversation());
            if (subscription != null && subscription.from <= head.lastVersion()) {
                subscription.from = head.lastVersion();
                subscription.readsFrom(head.readsFrom());
            }
        }
        others.values().stream()
                .filter(subscription -> subscription.gainedAt <= heads.userVersion())
                .forEach(this::remove);
    }
}
