package io.parley.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.bans.BansFeature;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.directory.DirectoryFeature;
import io.parley.features.invites.InvitesFeature;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.pins.PinsFeature;
import io.parley.features.reactions.ReactionsFeature;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.features.roles.RolesFeature;
import io.parley.features.templates.TemplatesFeature;
import io.parley.server.Feature;
import io.parley.server.contract.Answer;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Metrics;
import io.parley.support.NameWords;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** All that groups are made of, asked as REST asks it, on a {@link PersistenceLab} with {@link #features}. */
public final class GroupLab {
    private final PersistenceLab lab;
    private final RestLab rest;

    public GroupLab(PersistenceLab lab) {
        this.lab = lab;
        Config config = io.parley.support.ConfigLoader.load(null, Map.of());
        this.rest = new RestLab(features(config, new Metrics()).toArray(Feature[]::new));
    }

    public static List<Feature> features(Config config, Metrics metrics) {
        return List.of(
                new ConversationsFeature(config),
                new RolesFeature(),
                new BansFeature(),
                new InvitesFeature(config),
                new DirectoryFeature(),
                new TemplatesFeature(config),
                new MessagesFeature(config, metrics),
                new ReactionsFeature(config),
                new PinsFeature(config),
                new ReceiptsFeature(config));
    }

    /** A group of the first, who owns it, and the others. */
    public UUID group(UUID owner, UUID... others) {
        return group(owner, "\"name\": \"Group\"", others);
    }

    /** @param settings fields of the body that makes it */
    public UUID group(UUID owner, String settings, UUID... others) {
        UUID id = Ids.next();
        String members =
                Arrays.stream(others).map(other -> '"' + other.toString() + '"').collect(Collectors.joining(","));
        String body = "{\"id\": \"%s\", \"type\": \"group\", \"members\": [%s], %s}".formatted(id, members, settings);
        ask(owner, "createConversation", Map.of(), body, "Conversation");
        return id;
    }

    /** The body of an answer, which must fit a schema of the contract. */
    public JsonNode ask(UUID user, String operation, Map<String, ?> parameters, String body, String schema) {
        return rest.checked(schema, call(user, operation, parameters, body));
    }

    public Answer call(UUID user, String operation, Map<String, ?> parameters, String body) {
        return call(PersistenceLab.TENANT, user, operation, parameters, body);
    }

    public Answer call(UUID tenant, UUID user, String operation, Map<String, ?> parameters, String body) {
        return rest.call(lab, tenant, user, operation, parameters, body);
    }

    /** The error in which a call ends. */
    public ErrorCode refused(UUID user, String operation, Map<String, ?> parameters, String body) {
        return refusal(user, operation, parameters, body).code();
    }

    public AppError refusal(UUID user, String operation, Map<String, ?> parameters, String body) {
        Throwable failure = catchThrowable(() -> call(user, operation, parameters, body));
        assertThat(failure).as(operation).isNotNull();
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        assertThat(cause).as(operation).isInstanceOf(AppError.class);
        return (AppError) cause;
    }

    public JsonNode conversation(UUID user, UUID conversation) {
        return ask(user, "getConversation", in(conversation), "", "Conversation");
    }

    public JsonNode update(UUID user, UUID conversation, String fields) {
        return ask(user, "updateConversation", in(conversation), fields, "Conversation");
    }

    public JsonNode updateMember(UUID user, UUID conversation, UUID member, String fields) {
        return ask(user, "updateMember", in(conversation, member), fields, "Member");
    }

    public void add(UUID user, UUID conversation, UUID... people) {
        String users =
                Arrays.stream(people).map(one -> '"' + one.toString() + '"').collect(Collectors.joining(","));
        ask(user, "addMembers", in(conversation), "{\"users\": [" + users + "]}", "AddedMembers");
    }

    public void remove(UUID user, UUID conversation, UUID member) {
        call(user, "removeMember", in(conversation, member), "");
    }

    /** Answers the status: 200 or 201, or that of the refusal. */
    public int say(UUID user, UUID conversation, String text) {
        String body = "{\"type\": \"text\", \"text\": \"" + text + "\"}";
        Throwable failure = catchThrowable(() -> call(user, "sendMessage", in(conversation), body));
        return failure == null ? 201 : ((AppError) failure.getCause()).code().httpStatus();
    }

    /** Path parameters. */
    public static Map<String, Object> in(UUID conversation) {
        return Map.of("conversationId", conversation);
    }

    public static Map<String, Object> in(UUID conversation, UUID user) {
        return Map.of("conversationId", conversation, "userId", user);
    }

    /** Makes somebody a platform admin. */
    public UUID admin() {
        UUID admin = lab.person();
        lab.update("UPDATE users SET role = 'admin' WHERE id = ?", admin);
        return admin;
    }

    /** A person with this name. */
    public UUID named(String name) {
        UUID person = lab.person();
        lab.update(
                "UPDATE users SET display_name = ?, words = string_to_array(?, ' ') WHERE id = ?",
                name,
                String.join(" ", NameWords.of(name)),
                person);
        return person;
    }
}
