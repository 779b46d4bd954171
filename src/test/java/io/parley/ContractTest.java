package io.parley;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.server.http.ContractDocument;
import io.vertx.core.Vertx;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.OpenAPIContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The two contract documents are sound in themselves and agree with each other. */
class ContractTest {
    private static final Vertx VERTX = Vertx.vertx();

    @AfterAll
    static void closeVertx() throws Exception {
        VERTX.close().await(10, SECONDS);
    }

    @Test
    void theRouterLoadsTheRestContract() throws Exception {
        OpenAPIContract contract = ContractDocument.openApiContract(VERTX).await(30, SECONDS);
        assertThat(RouterBuilder.create(VERTX, contract).getRoutes())
                .extracting(route -> route.getOperation().getOperationId())
                .contains("register", "sendMessage", "listChanges", "provisionUsers");
    }
}
