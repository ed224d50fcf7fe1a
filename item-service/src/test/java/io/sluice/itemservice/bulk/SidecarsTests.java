package io.sluice.itemservice.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.bulk.Arrival.Kind;
import io.sluice.itemservice.item.TakenItem;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SidecarsTests {

    private final Sidecars sidecars = new Sidecars();

    @Test
    void bringsAFileAndItsSidecarTogetherInEitherOrder() {
        assertThat(paired(file("/a/b.jpg"), json("/a/b.jpg.json"))).containsExactly("/a/b.jpg + /a/b.jpg.json");
        assertThat(paired(json("/a/b.jpg.json"), file("/a/b.jpg"))).containsExactly("/a/b.jpg + /a/b.jpg.json");
        assertThat(paired(file("/a/b.jpg"), json("/a/b.json"))).containsExactly("/a/b.jpg + /a/b.json");
        assertThat(paired(json("/a/b.json"), file("/a/b.jpg"))).containsExactly("/a/b.jpg + /a/b.json");
    }

    @Test
    void keepsFilesOfJsonThatBelongToNoOther() {
        assertThat(paired(json("/a.json"), file("/b.jpg"), json("/c/b.json")))
                .containsExactly("/a.json", "/b.jpg", "/c/b.json");
    }

    @Test
    void givesAFileOfJsonItsOwnSidecar() {
        assertThat(paired(json("/a.json"), json("/a.json.json"))).containsExactly("/a.json + /a.json.json");
        assertThat(paired(json("/a.json.json"), json("/a.json"))).containsExactly("/a.json + /a.json.json");
    }

    @Test
    void givesTheSidecarOfAStemToTheFirstFileOfThatName() {
        assertThat(paired(file("/a.jpg"), file("/a.txt"), json("/a.json")))
                .containsExactly("/a.jpg + /a.json", "/a.txt");
    }

    @Test
    void leavesWhatWasNotTakenAlone() {
        Arrival link = Arrival.ended("/a.jpg", Kind.NO_FILE, TakenItem.failed(new IllegalStateException()));

        assertThat(paired(link, json("/a.jpg.json"), link)).containsExactly("/a.jpg", "/a.jpg", "/a.jpg.json");
    }

    @Test
    void waitsForSoManyFilesOnly() {
        List<Arrival> ready = new ArrayList<>(sidecars.next(file("/first.jpg")));
        for (int number = 1; number < Sidecars.WINDOW; number++) {
            ready.addAll(sidecars.next(file("/" + number + ".jpg")));
        }
        assertThat(ready).isEmpty();

        assertThat(sidecars.next(file("/last.jpg"))).extracting(Arrival::path).containsExactly("/first.jpg");
        assertThat(sidecars.next(json("/first.json"))).extracting(Arrival::path).containsExactly("/1.jpg");
        assertThat(sidecars.rest())
                .extracting(Arrival::path)
                .hasSize(Sidecars.WINDOW)
                .endsWith("/first.json");
    }

    @Test
    void holdsSoManyBytesOnly() {
        byte[] half = new byte[ArchiveEntries.LARGEST_SIDECAR / 2];

        assertThat(sidecars.next(Arrival.text("/a.json", half))).isEmpty();
        assertThat(sidecars.next(Arrival.text("/b.json", half))).isEmpty();
        assertThat(sidecars.next(Arrival.text("/c.json", half)))
                .extracting(Arrival::path)
                .containsExactly("/a.json");
    }

    private List<String> paired(Arrival... arrivals) {
        List<Arrival> all = new ArrayList<>();
        for (Arrival arrival : arrivals) {
            all.addAll(sidecars.next(arrival));
        }
        all.addAll(sidecars.rest());
        return all.stream()
                .map(one -> one.path()
                        + (one.sidecar() == null ? "" : " + " + one.sidecar().path()))
                .toList();
    }

    private static Arrival file(String path) {
        return Arrival.ended(path, Kind.FILE, TakenItem.failed(new IllegalStateException()));
    }

    private static Arrival json(String path) {
        return Arrival.text(path, new byte[2]);
    }
}
