package io.parley.features.search;

import io.parley.bus.Nothing;
import io.parley.features.accounts.AccountActions;
import io.parley.features.search.SearchActions.FindConversations;
import io.parley.features.search.SearchActions.FindMessages;
import io.parley.features.search.SearchActions.FoundConversation;
import io.parley.features.search.SearchActions.RecentSearch;
import io.parley.features.search.SearchActions.Remember;
import io.parley.features.search.SearchActions.Sort;
import io.parley.features.search.SearchActions.Whose;
import io.parley.features.search.text.Tokens;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Search over REST, and over the WebSocket by the same operations. */
final class SearchRoutes {
    private static final long PAGE = 20;
    private static final int SUGGESTED = 5;
    private static final int ACCEPTED = 202;

    private SearchRoutes() {}

    private record Typed(String q) {}

    private record Suggestions(
            List<RecentSearch> searches, List<FoundConversation> conversations, List<AccountActions.User> people) {}

    static void mount(OperationHost host) {
        host.operation("searchMessages", limited(SearchRoutes::messages));
        host.operation("searchConversations", limited(SearchRoutes::conversations));
        host.operation("searchPeople", limited(SearchRoutes::people));
        host.operation("suggestSearches", limited(SearchRoutes::suggestions));
        host.operation("listSearches", SearchRoutes::recent);
        host.operation("rememberSearch", SearchRoutes::remember);
        host.operation("forgetSearches", SearchRoutes::forget);
        host.operation(
                "getSearchIndex",
                call -> call.bus().ask(SearchActions.STATE, Nothing.NOTHING).map(Answer::ok));
        host.operation(
                "rebuildSearchIndex",
                call -> call.bus()
                        .ask(SearchActions.REBUILD, Nothing.NOTHING)
                        .map(state -> new Answer(ACCEPTED, state)));
    }

    private static Function<Call, Future<Answer>> limited(Function<Call, Future<Answer>> operation) {
        return call -> {
            call.limits().search(call.principal());
            return operation.apply(call);
        };
    }

    private static Future<Answer> messages(Call call) {
        Principal caller = call.principal();
        FindMessages asked = new FindMessages(
                caller.tenant(),
                caller.user(),
                call.query("q").orElse(null),
                SearchRules.ids("conversations", call.query("conversations")),
                call.query("sender").map(id -> Ids.parse("sender", id)).orElse(null),
                SearchRules.time("before", call.query("before")),
                SearchRules.time("after", call.query("after")),
                call.query("kind").orElse(null),
                call.flag("link"),
                call.flag("mentionsMe"),
                call.flag("inThreads"),
                Sort.valueOf(call.query("sort").orElse("relevance").toUpperCase(Locale.ROOT)),
                call.flag("grouped"),
                limit(call),
                call.query("cursor").orElse(null));
        SearchRules.sought(asked);
        return call.bus().ask(SearchActions.MESSAGES, asked).map(Answer::ok);
    }

    private static Future<Answer> conversations(Call call) {
        return call.bus()
                .ask(SearchActions.CONVERSATIONS, conversations(call, limit(call)))
                .map(Answer::ok);
    }

    private static FindConversations conversations(Call call, int limit) {
        Principal caller = call.principal();
        return new FindConversations(
                caller.tenant(),
                caller.user(),
                typed(call),
                limit,
                call.query("cursor").orElse(null));
    }

    private static Future<Answer> people(Call call) {
        return call.bus()
                .ask(AccountActions.SEARCH_USERS, people(call, limit(call)))
                .map(Answer::ok);
    }

    private static AccountActions.SearchUsers people(Call call, int limit) {
        return new AccountActions.SearchUsers(
                call.principal().tenant(),
                call.principal().user(),
                typed(call),
                limit,
                call.query("cursor").orElse(null));
    }

    private static Future<Answer> suggestions(Call call) {
        if (Tokens.words(typed(call)).isEmpty()) {
            return Future.succeededFuture(Answer.ok(new Suggestions(List.of(), List.of(), List.of())));
        }
        var searches = call.bus().ask(SearchActions.RECENT, whose(call));
        var conversations = call.bus().ask(SearchActions.CONVERSATIONS, conversations(call, SUGGESTED));
        var people = call.bus().ask(AccountActions.SEARCH_USERS, people(call, SUGGESTED));
        return Future.all(searches, conversations, people)
                .map(all -> Answer.ok(new Suggestions(
                        beginningSo(searches.result().items(), typed(call)),
                        conversations.result().items(),
                        people.result().items())));
    }

    private static List<RecentSearch> beginningSo(List<RecentSearch> searches, String typed) {
        String beginning = folded(typed);
        return searches.stream()
                .filter(search -> folded(search.q()).startsWith(beginning))
                .limit(SUGGESTED)
                .toList();
    }

    private static String folded(String text) {
        return String.join(" ", Tokens.words(text));
    }

    private static Future<Answer> recent(Call call) {
        return call.bus().ask(SearchActions.RECENT, whose(call)).map(Answer::ok);
    }

    private static Future<Answer> remember(Call call) {
        Whose whose = whose(call);
        Remember remember = new Remember(
                whose.tenant(), whose.user(), call.body(Typed.class).q().strip());
        return call.bus().ask(SearchActions.REMEMBER, remember).map(Answer::ok);
    }

    private static Future<Answer> forget(Call call) {
        Whose whose = whose(call);
        return call.bus()
                .ask(SearchActions.REMEMBER, new Remember(whose.tenant(), whose.user(), null))
                .map(done -> Answer.noContent());
    }

    private static Whose whose(Call call) {
        return new Whose(call.principal().tenant(), call.principal().user());
    }

    private static String typed(Call call) {
        return call.query("q").orElseThrow();
    }

    private static int limit(Call call) {
        return call.number("limit").orElse(PAGE).intValue();
    }
}
