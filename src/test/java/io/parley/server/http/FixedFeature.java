package io.parley.server.http;

import io.parley.server.Feature;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers the operations of {@code contract/small.yaml} with what it was asked. */
final class FixedFeature implements Feature {
    record Part(int size) {}

    record Thing(
            @Nullable UUID id,
            String kind,
            String name,
            @Nullable Long number,
            @Nullable String email,
            @Nullable List<Part> parts) {}

    record Optional(@Nullable Long a) {}

    @Override
    public void operations(OperationHost host) {
        host.operation("getMine", call -> ok(call.principal().user()));
        host.operation("getThing", call -> ok(call.id("thingId")));
        host.operation("dropThing", call -> Future.succeededFuture(Answer.noContent()));
        host.operation(
                "findThings",
                call -> ok(List.of(
                        call.query("q").orElse("-"),
                        call.number("limit").orElse(-1L),
                        call.query("deep").orElse("-"),
                        call.number("after").orElseThrow())));
        host.operation("makeThing", call -> Future.succeededFuture(Answer.created(call.body(Thing.class))));
        host.operation("optional", call -> ok(call.body(Optional.class)));
        host.operation("administer", call -> Future.succeededFuture(Answer.noContent()));
        host.operation("fail", call -> fail(call));
    }

    private static Future<Answer> fail(Call call) {
        return switch (call.query("how").orElseThrow()) {
            case "conflict" -> Future.failedFuture(AppError.of(ErrorCode.CONFLICT));
            case "thrown" -> throw AppError.field("text", "length", "is too short");
            case "unavailable" -> Future.failedFuture(AppError.unavailable("no database"));
            case "limited" -> Future.failedFuture(AppError.rateLimited(1500));
            case "defect" -> Future.failedFuture(new IllegalStateException("secret of the house"));
            case "broken" -> throw new IllegalArgumentException("secret of the house");
            case "unwritable" -> ok(new Object());
            case "address" -> ok(Map.of("address", call.address(), "host", call.host()));
            case "principal" -> ok(call.principal());
            default -> Future.failedFuture(AppError.notFound());
        };
    }

    private static Future<Answer> ok(Object body) {
        return Future.succeededFuture(Answer.ok(body));
    }
}
