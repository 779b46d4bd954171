package io.parley.features.conversations;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
import io.parley.features.PersistenceLab;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.Created;
import io.parley.features.conversations.ConversationActions.Get;
import io.parley.features.conversations.ConversationActions.ListMembers;
import io.parley.features.conversations.ConversationActions.Members;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationActions.Provision;
import io.parley.features.conversations.ConversationActions.ProvisionedConversation;
import io.parley.features.conversations.ConversationActions.RemoveMember;
import io.parley.features.conversations.ConversationActions.Update;
import io.parley.features.conversations.ConversationActions.UpdateMember;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConversationsIT {
    @RegisterExtension
    static final PersistenceLab LAB =
            new PersistenceLab((config, metrics) -> List.of(new ConversationsFeature(config)));

    private final UUID ada = LAB.person();
    private final UUID grace = LAB.person();
    private final UUID mary = LAB.person();

    @Test
    void aNewGroupIsAnsweredAndToldToAllItsMembers() {
        UUID id = Ids.next();

        Created created = create(ada, group(id, "Analytical Engine", grace, mary));

        JsonNode answer = LAB.checked("Conversation", created.conversation());
        assertThat(created.existed()).isFalse();
        assertThat(answer.get("role").textValue()).isEqualTo("owner");
        assertThat(answer.get("memberCount").intValue()).isEqualTo(3);
        assertThat(answer.get("lastVersion").longValue()).isEqualTo(1);
        assertThat(answer.has("lastMessage")).isFalse();
        Frame frame = frames(id, 1).getFirst();
        assertThat(frame.joining()).extracting(Frame.Joining::user).containsExactlyInAnyOrder(ada, grace, mary);
        JsonNode event = LAB.content(frame);
        assertThat(event.get("type").textValue()).isEqualTo("conversation.created");
        assertThat(event.at("/data/members")).hasSize(3);
        JsonNode gained = LAB.content(personal(grace, 1).getFirst());
        assertThat(gained.get("type").textValue()).isEqualTo("conversation.gained");
        assertThat(gained.get("role").textValue()).isEqualTo("member");
        assertThat(gained.get("userVersion").longValue()).isEqualTo(1);
    }

    @Test
    void creatingAgainWithTheSameIdAnswersWhatIsThere() {
        UUID id = Ids.next();
        create(ada, group(id, "Once", grace));

        Created again = create(ada, group(id, "Once", grace));

        assertThat(again.existed()).isTrue();
        assertThat(again.conversation().id()).isEqualTo(id);
        assertThat(frames(id, 1)).hasSize(1);
        AppError refused =
                LAB.refusal(ConversationActions.CREATE, id, new Create(TENANT, grace, id, group(id, "Mine", ada)));
        assertThat(refused.code()).isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void twoPeopleHaveOneDirectConversationWhoeverBegins() {
        Created first = create(ada, direct(grace));

        Created second = create(grace, direct(ada));

        assertThat(first.existed()).isFalse();
        assertThat(second.existed()).isTrue();
        assertThat(second.conversation().id()).isEqualTo(first.conversation().id());
        JsonNode answer = LAB.checked("Conversation", second.conversation());
        assertThat(answer.get("peer").textValue()).isEqualTo(ada.toString());
        assertThat(answer.get("members")).hasSize(2);
        assertThat(answer.has("name")).isFalse();
    }

    @Test
    void onesOwnNotesAreADirectConversationWithOneself() {
        ConversationView notes = create(ada, direct(ada)).conversation();

        assertThat(notes.peer()).isEqualTo(ada);
        assertThat(notes.memberCount()).isEqualTo(1);
        assertThat(create(ada, direct(ada)).conversation().id()).isEqualTo(notes.id());
    }

    @Test
    void unknownAndForeignPeopleAreNotFound() {
        UUID id = Ids.next();
        UUID foreigner = LAB.person(Ids.next());

        for (UUID stranger : List.of(Ids.next(), foreigner)) {
            assertThat(LAB.refusal(
                                    ConversationActions.CREATE,
                                    id,
                                    new Create(TENANT, ada, id, group(id, "Strangers", grace, stranger)))
                            .code())
                    .isEqualTo(ErrorCode.NOT_FOUND);
        }
        assertThat(LAB.frames(id)).isEmpty();
    }

    @Test
    void addingAndRemovingAreToldInTheOrderOfVersions() {
        UUID id = create(ada, group(Ids.next(), "Order", grace)).conversation().id();

        Members added = LAB.ask(
                ConversationActions.ADD_MEMBERS, id, new AddMembers(TENANT, ada, id, List.of(mary, grace), "admin"));
        LAB.ask(ConversationActions.UPDATE_MEMBER, id, new UpdateMember(TENANT, ada, id, grace, "admin"));
        LAB.ask(ConversationActions.UPDATE, id, new Update(TENANT, ada, id, "New order"));
        LAB.ask(ConversationActions.REMOVE_MEMBER, id, new RemoveMember(TENANT, ada, id, mary));
        LAB.ask(ConversationActions.REMOVE_MEMBER, id, new RemoveMember(TENANT, grace, id, grace));

        LAB.checked("AddedMembers", added);
        assertThat(added.items()).singleElement().satisfies(member -> {
            assertThat(member.user()).isEqualTo(mary);
            assertThat(member.role()).isEqualTo("admin");
            assertThat(member.version()).isEqualTo(2);
            assertThat(member.fromNumber()).isEqualTo(1);
        });
        List<Frame> frames = frames(id, 10);
        assertThat(frames).extracting(Frame::version).containsExactlyElementsOf(versions(10));
        assertThat(frames)
                .extracting(frame -> LAB.content(frame).get("type").textValue())
                .containsExactly(
                        "conversation.created",
                        "member.added",
                        "message.created",
                        "member.updated",
                        "conversation.updated",
                        "message.created",
                        "member.removed",
                        "message.created",
                        "member.removed",
                        "message.created");
        assertThat(frames).extracting(Frame::lastNumber).containsExactly(0L, 0L, 1L, 1L, 1L, 2L, 2L, 3L, 3L, 4L);
        assertThat(frames.get(1).joining()).containsExactly(new Frame.Joining(mary, 1));
        assertThat(frames.get(6).leaving()).containsExactly(mary);
        assertThat(frames.get(8).leaving()).containsExactly(grace);
        assertThat(LAB.content(frames.get(2)).at("/message/system/event").textValue())
                .isEqualTo("members_added");
        assertThat(LAB.content(frames.get(2)).at("/message/system/actor").textValue())
                .isEqualTo(ada.toString());
        assertThat(LAB.content(frames.get(9)).at("/message/system/users/0").textValue())
                .isEqualTo(grace.toString());
        assertThat(LAB.content(frames.get(3)).at("/members/0/joinedAt").isTextual())
                .isTrue();
        assertThat(personal(mary, 2))
                .extracting(frame -> LAB.content(frame).get("type").textValue())
                .containsExactly("conversation.gained", "conversation.lost");
        assertThat(personal(mary, 2)).extracting(PersonalFrame::userVersion).containsExactly(1L, 2L);
        assertThat(personal(mary, 2))
                .extracting(PersonalFrame::gained)
                .containsExactly(new PersonalFrame.Gained(id, 2, 1), null);
        assertThat(personal(mary, 2))
                .extracting(frame -> LAB.content(frame).get("lastVersion").longValue())
                .containsExactly(2L, 7L);
    }

    @Test
    void whatChangesNothingIsAnsweredAndNotTold() {
        UUID id = create(ada, group(Ids.next(), "Same", grace)).conversation().id();

        Members added =
                LAB.ask(ConversationActions.ADD_MEMBERS, id, new AddMembers(TENANT, ada, id, List.of(grace), "member"));
        ConversationView same = LAB.ask(ConversationActions.UPDATE, id, new Update(TENANT, ada, id, "Same"));
        MemberView member =
                LAB.ask(ConversationActions.UPDATE_MEMBER, id, new UpdateMember(TENANT, ada, id, grace, "member"));

        assertThat(added.items()).isEmpty();
        assertThat(same.lastVersion()).isEqualTo(1);
        LAB.checked("Member", member);
        assertThat(LAB.frames(id)).hasSize(1);
    }

    @Test
    void whoMayNotIsToldWhyAndWhoIsOutIsToldNothing() {
        UUID id = create(ada, group(Ids.next(), "Rights", grace)).conversation().id();
        UUID pair = create(ada, direct(grace)).conversation().id();

        assertThat(refusal(new RemoveMember(TENANT, grace, id, ada)).code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(refusal(new RemoveMember(TENANT, ada, id, ada)).code()).isEqualTo(ErrorCode.LAST_OWNER);
        assertThat(refusal(new RemoveMember(TENANT, ada, pair, ada)).code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(refusal(new RemoveMember(TENANT, mary, id, grace)).code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refusal(new RemoveMember(Ids.next(), ada, id, grace)).code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.refusal(
                                ConversationActions.ADD_MEMBERS,
                                id,
                                new AddMembers(TENANT, grace, id, List.of(mary), "member"))
                        .code())
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(LAB.refusal(
                                ConversationActions.ADD_MEMBERS,
                                id,
                                new AddMembers(TENANT, ada, id, List.of(mary, Ids.next()), "member"))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refusal(new Get(TENANT, mary, id))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refusal(new Get(Ids.next(), ada, id))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(frames(id, 1)).hasSize(1);
    }

    @Test
    void membersComeInPagesToThoseWhoAreIn() {
        List<UUID> others = LAB.people(7);
        UUID id = create(ada, group(Ids.next(), "Many", others.toArray(UUID[]::new)))
                .conversation()
                .id();
        LAB.ask(ConversationActions.REMOVE_MEMBER, id, new RemoveMember(TENANT, ada, id, others.getFirst()));

        List<UUID> found = new ArrayList<>();
        String cursor = null;
        do {
            Members page = LAB.ask(ConversationActions.LIST_MEMBERS, new ListMembers(TENANT, ada, id, 3, cursor));
            LAB.checked("MemberList", page);
            page.items().forEach(member -> found.add(member.user()));
            cursor = page.next();
        } while (cursor != null);

        assertThat(found).hasSize(7).doesNotHaveDuplicates().contains(ada).doesNotContain(others.getFirst());
        assertThat(LAB.refusal(ConversationActions.LIST_MEMBERS, new ListMembers(TENANT, mary, id, 3, null))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void anOperatorMakesManyAtOnceAndEachFailsForItself() {
        UUID taken = create(ada, group(Ids.next(), "Taken")).conversation().id();
        UUID pair = create(ada, direct(grace)).conversation().id();
        UUID foreigner = LAB.person(Ids.next());
        List<NewConversation> asked = List.of(
                group(null, "Made", mary, ada),
                new NewConversation(null, "direct", null, List.of(grace, ada), null, null),
                group(taken, "Other", mary),
                group(null, "Unknown", Ids.next()),
                group(null, "Foreign", mary, foreigner));

        List<ProvisionedConversation> items =
                LAB.ask(ConversationActions.PROVISION, new Provision(asked)).items();

        LAB.checked("ProvisionedConversations", new ConversationActions.Provisioned(items));
        UUID made = Objects.requireNonNull(items.getFirst().id());
        assertThat(items.get(1).id()).isEqualTo(pair);
        assertThat(items.subList(2, 5))
                .extracting(item -> Objects.requireNonNull(item.error()).code())
                .containsExactly("conflict", "not_found", "not_found");
        assertThat(LAB.content(frames(made, 1).getFirst()).at("/data/createdBy").isMissingNode())
                .isTrue();
        assertThat(LAB.ask(ConversationActions.GET, new Get(TENANT, mary, made)).role())
                .isEqualTo("owner");
    }

    @Test
    void aThousandConversationsAreProvisionedInOneCall() {
        List<UUID> people = LAB.people(50);
        List<NewConversation> asked = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            asked.add(group(
                    null, "Group " + i, people.get(i % 50), people.get((i + 7) % 50), people.get((i * 3 + 1) % 50)));
        }

        List<ProvisionedConversation> items =
                LAB.ask(ConversationActions.PROVISION, new Provision(asked)).items();

        assertThat(items)
                .hasSize(1_000)
                .allSatisfy(item -> assertThat(item.id()).isNotNull());
        await().until(() -> items.stream()
                .allMatch(item -> LAB.frames(Objects.requireNonNull(item.id())).size() == 1));
        for (UUID person : people) {
            List<Long> versions = LAB.personalFrames(person).stream()
                    .map(PersonalFrame::userVersion)
                    .sorted()
                    .toList();
            assertThat(versions).containsExactlyElementsOf(versions(versions.size()));
        }
    }

    private static Created create(UUID creator, NewConversation conversation) {
        UUID id = conversation.id() == null ? Ids.next() : conversation.id();
        return LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, creator, id, conversation));
    }

    private static NewConversation group(@Nullable UUID id, String name, UUID... members) {
        return new NewConversation(id, "group", name, List.of(members), null, null);
    }

    private static NewConversation direct(UUID other) {
        return new NewConversation(null, "direct", null, List.of(other), null, null);
    }

    private static AppError refusal(RemoveMember remove) {
        return LAB.refusal(ConversationActions.REMOVE_MEMBER, remove.conversation(), remove);
    }

    private static ErrorCode refusal(Get get) {
        return LAB.refusal(ConversationActions.GET, get).code();
    }

    private static List<Frame> frames(UUID conversation, int count) {
        await().until(() -> LAB.frames(conversation).size() >= count);
        return LAB.frames(conversation);
    }

    private static List<PersonalFrame> personal(UUID user, int count) {
        await().until(() -> LAB.personalFrames(user).size() >= count);
        return LAB.personalFrames(user);
    }

    private static List<Long> versions(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
