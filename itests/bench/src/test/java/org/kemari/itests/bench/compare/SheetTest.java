package org.kemari.itests.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SheetTest {
    private static final Figure RATE = Figure.throughput("load, odd", "requests/s");
    private static final Figure TIME = Figure.time("compile");

    private final Sheet sheet = new Sheet();

    @Test
    void aRatioIsThatOfOneRound() {
        sheet.add(1, "unprotected", RATE, 100);
        sheet.add(1, "hold", RATE, 50);
        sheet.add(2, "unprotected", RATE, 200);
        sheet.add(2, "hold", RATE, 180);
        sheet.add(3, "hold", RATE, 1);
        assertThat(sheet.ratios("hold", "unprotected", RATE)).containsExactly(0.5, 0.9);
        assertThat(sheet.values("hold", RATE).count()).isEqualTo(3);
        assertThat(sheet.has("bare")).isFalse();
    }

    @Test
    void ofATimeTheRatioIsTurnedRound() {
        sheet.add(1, "unprotected", TIME, 2);
        sheet.add(1, "hold", TIME, 4);
        assertThat(sheet.ratios("hold", "unprotected", TIME)).containsExactly(0.5);
    }

    @Test
    void everyValueIsALine() {
        sheet.add(1, "hold", RATE, 50.25);
        sheet.add(1, "hold", Figure.latency("load", 99), 0.001234);
        sheet.addEcho(1, "hold", 5.5);
        sheet.addEcho(1, "hold", 6);
        sheet.addEcho(2, "hold", 7);
        assertThat(sheet.csv())
                .isEqualTo("round,mode,workload,figure,unit,kind,value\n"
                        + "1,hold,\"load, odd\",throughput,requests/s,throughput,50.2500\n"
                        + "1,hold,load,p99,ms,latency,0.00123400\n");
        assertThat(sheet.echoCsv())
                .isEqualTo("round,mode,number,milliseconds\n1,hold,1,5.500\n1,hold,2,6.000\n2,hold,1,7.000\n");
        assertThat(sheet.echoes("hold").count()).isEqualTo(3);
    }
}
