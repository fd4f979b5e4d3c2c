package org.kemari.shell.internal.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.support.completers.ArgumentCommandLine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.Role;
import org.kemari.shell.internal.view.Samples;

class CompletersTest {
    private final FakeKemari kemari = new FakeKemari();

    @BeforeEach
    void domains() {
        for (String name : List.of("web", "wiki", "db")) {
            kemari.domains.put(name, Samples.domain(name, Role.PRIMARY, DomainState.SOLO, 3, 0, Optional.empty()));
        }
    }

    private static List<String> complete(Completer completer, String word) {
        List<String> candidates = new ArrayList<>();
        completer.complete(null, new ArgumentCommandLine(word, word.length()), candidates);
        return candidates.stream().map(String::strip).toList();
    }

    @Test
    void names() {
        DomainCompleter domains = new DomainCompleter();
        domains.kemari = kemari;
        assertThat(complete(domains, "w")).containsExactly("web", "wiki");
        assertThat(complete(domains, "x")).isEmpty();
        PeerCompleter peers = new PeerCompleter();
        peers.kemari = kemari;
        assertThat(complete(peers, "")).containsExactly("west");
        kemari.servicesThere = false;
        assertThat(complete(domains, "")).isEmpty();
        assertThat(complete(peers, "")).isEmpty();
    }

    @Test
    void states() {
        assertThat(complete(new StateCompleter(), "S"))
                .containsExactly("SOLO", "STARTING", "STOPPED", "SWITCHING", "SYNCING");
        assertThat(complete(new StateCompleter(), "")).hasSize(DomainState.values().length);
    }
}
