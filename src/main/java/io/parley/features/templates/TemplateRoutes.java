package io.parley.features.templates;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.features.templates.TemplateActions.Content;
import io.parley.features.templates.TemplateActions.ListTemplates;
import io.parley.features.templates.TemplateActions.StoreTemplate;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Templates over REST. */
final class TemplateRoutes {
    private static final String TEMPLATE = "templateId";

    private TemplateRoutes() {}

    static void mount(OperationHost host) {
        host.operation("listTemplates", TemplateRoutes::list);
        host.operation("createTemplate", TemplateRoutes::create);
        host.operation("replaceTemplate", call -> store(call, call.id(TEMPLATE), false, call.body(Content.class)));
        host.operation("deleteTemplate", call -> store(call, call.id(TEMPLATE), false, null));
    }

    record NewTemplate(
            @Nullable UUID id, String name, @Nullable String description, ObjectNode settings, List<UUID> members) {}

    private static Future<Answer> list(Call call) {
        Principal caller = call.principal();
        return call.bus()
                .ask(TemplateActions.LIST, new ListTemplates(caller.tenant(), caller.user()))
                .map(Answer::ok);
    }

    private static Future<Answer> create(Call call) {
        NewTemplate body = call.body(NewTemplate.class);
        UUID id = Objects.requireNonNullElseGet(body.id(), Ids::next);
        return store(call, id, true, new Content(body.name(), body.description(), body.settings(), body.members()));
    }

    private static Future<Answer> store(Call call, UUID id, boolean making, @Nullable Content content) {
        Principal caller = call.principal();
        return call.bus()
                .ask(TemplateActions.STORE, new StoreTemplate(caller.tenant(), caller.user(), id, making, content))
                .map(stored -> {
                    if (stored.template() == null) {
                        return Answer.noContent();
                    }
                    return making && stored.now() ? Answer.created(stored.template()) : Answer.ok(stored.template());
                });
    }
}
