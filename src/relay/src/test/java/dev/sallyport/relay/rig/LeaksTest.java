package dev.sallyport.relay.rig;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class LeaksTest {
    @Test
    void findsABufferThatNobodyReleased() {
        for (int i = 0; i < 5; i++) {
            lose();
        }
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 20; i++) {
                        Leaks.check();
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("leaked");
        Leaks.forget();
    }

    private static void lose() {
        ByteBuf lost = PooledByteBufAllocator.DEFAULT.directBuffer(16);
        lost.writeByte(1);
    }
}
