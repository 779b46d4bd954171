package io.parley.features.privacy;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.PersistenceLab;
import io.parley.features.PersonalSteps;
import io.parley.features.contacts.ContactActions;
import io.parley.features.contacts.ContactActions.BlockedBy;
import io.parley.features.contacts.ContactActions.Pair;
import io.parley.features.contacts.ContactActions.Relation;
import io.parley.features.contacts.ContactActions.Request;
import io.parley.features.contacts.ContactsFeature;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.privacy.PrivacyActions.Audience;
import io.parley.features.privacy.PrivacyActions.Change;
import io.parley.server.Feature;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may ask people, put them into groups, and know when they were last there. */
class AudiencesIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> {
        List<Feature> features = new ArrayList<>(PersonalSteps.features(config, metrics));
        features.add(new ContactsFeature(config, metrics));
        return features;
    });

    private final PersonalSteps steps = new PersonalSteps(LAB);
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();

    private void change(
            UUID person, @Nullable String lastSeen, @Nullable String contactRequests, @Nullable String groupAdds) {
        LAB.ask(PrivacyActions.CHANGE, new Change(TENANT, person, null, lastSeen, contactRequests, groupAdds));
    }

    private Relation request(UUID person, UUID other) {
        return LAB.ask(ContactActions.REQUEST, new Request(TENANT, person, other, ""))
                .relation();
    }

    private void befriend(UUID person, UUID other) {
        request(person, other);
        LAB.ask(ContactActions.ACCEPT, new Pair(TENANT, other, person));
    }

    @Test
    void whoTakesNoRequestsGetsNoneButMayMakeThem() {
        request(ada, bob);
        change(bob, null, "nobody", null);
        UUID eve = LAB.person();

        assertThat(LAB.refusal(ContactActions.REQUEST, new Request(TENANT, eve, bob, ""))
                        .code())
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(request(ada, bob).state()).as("made before").isEqualTo("requested");
        assertThat(request(bob, ada).state()).isEqualTo("contact");
        request(bob, eve);
        assertThat(request(eve, bob).state()).isEqualTo("contact");
    }

    @Test
    void whoIsPutIntoNoGroupsIsToOthersLikeSomebodyWhoIsNotThere() {
        UUID friend = LAB.person();
        UUID stranger = LAB.person();
        befriend(friend, bob);
        UUID friends = steps.group(friend);
        UUID strangers = steps.group(stranger);
        change(bob, null, null, "contacts");

        assertThat(refusedGroup(stranger, strangers)).isEqualTo(refusedGroup(stranger, strangers, Ids.next()));
        steps.add(friend, friends, bob);
        assertThat(steps.view(bob, friends).role()).isEqualTo("member");
        steps.group(bob, stranger);

        change(bob, null, null, "nobody");
        assertThat(refusedGroup(friend, steps.group(friend))).isNotNull();
        assertThat(steps.view(bob, friends).role()).as("is where he was").isEqualTo("member");
        UUID direct = Ids.next();
        LAB.ask(
                ConversationActions.CREATE,
                direct,
                new Create(
                        TENANT,
                        stranger,
                        direct,
                        new NewConversation(direct, "direct", null, List.of(bob), null, null)));
    }

    /** Adding him and making a group with him are refused alike. */
    private ErrorCode refusedGroup(UUID actor, UUID group) {
        return refusedGroup(actor, group, bob);
    }

    private ErrorCode refusedGroup(UUID actor, UUID group, UUID person) {
        UUID id = Ids.next();
        NewConversation asked = new NewConversation(id, "group", "Room", List.of(person), null, "all");
        ErrorCode adding = LAB.refusal(
                        ConversationActions.ADD_MEMBERS,
                        group,
                        new AddMembers(TENANT, actor, group, List.of(person), "member"))
                .code();
        assertThat(LAB.refusal(ConversationActions.CREATE, id, new Create(TENANT, actor, id, asked))
                        .code())
                .isEqualTo(adding);
        return adding;
    }

    @Test
    void whenSomebodyWasLastThereIsKnownOfThoseWhoRestrictItAndByTheirContacts() {
        UUID eve = LAB.person();
        befriend(ada, bob);
        befriend(eve, bob);
        change(ada, "contacts", null, null);
        change(eve, "nobody", null, null);

        List<PrivacyActions.Person> asked = Stream.of(ada, bob, eve)
                .map(user -> new PrivacyActions.Person(TENANT, user))
                .toList();
        assertThat(LAB.ask(PrivacyActions.AUDIENCES, new PrivacyActions.People(asked))
                        .restricted())
                .containsExactlyInAnyOrder(new Audience(TENANT, ada, "contacts"), new Audience(TENANT, eve, "nobody"));
        assertThat(LAB.ask(
                                ContactActions.BLOCKERS,
                                new ContactActions.People(List.of(
                                        new ContactActions.Person(TENANT, bob),
                                        new ContactActions.Person(TENANT, eve))))
                        .people())
                .extracting(BlockedBy::confidants)
                .containsExactly(List.of(ada), List.of());
    }
}
