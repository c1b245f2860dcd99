package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"
)

const timeoutHeader = "X-Echo-Timeout" // how long the client still waits, in whole seconds rounded up; or none

// serveGRPC serves grpc.testing.TestService, health checks and reflection, without TLS.
func serveGRPC(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("grpc", flag.ExitOnError)
	listen := flags.String("listen", ":9090", "address to serve on")
	drain := flags.Duration("drain", 3*time.Second, "how long to go on as ever after SIGTERM")
	if err := flags.Parse(args); err != nil {
		return err
	}
	pod, err := os.Hostname()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	told := func(ctx context.Context) metadata.MD {
		return metadata.Pairs(podHeader, pod, clientHeader, client(ctx), timeoutHeader, timeout(ctx))
	}
	server := grpc.NewServer(
		grpc.UnaryInterceptor(func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
			grpc.SetHeader(ctx, told(ctx))
			return handler(ctx, request)
		}),
		grpc.StreamInterceptor(func(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
			stream.SetHeader(told(stream.Context()))
			return handler(service, stream)
		}))
	testpb.RegisterTestServiceServer(server, tests{})
	healthpb.RegisterHealthServer(server, health.NewServer())
	reflection.Register(server)
	fmt.Println("serving on", listener.Addr())
	context.AfterFunc(ctx, func() { time.AfterFunc(*drain, server.GracefulStop) })
	return server.Serve(listener)
}

func client(ctx context.Context) string {
	from, ok := peer.FromContext(ctx)
	if !ok {
		return "unknown"
	}
	host, _, _ := net.SplitHostPort(from.Addr.String())
	return host
}

func timeout(ctx context.Context) string {
	deadline, given := ctx.Deadline()
	if !given {
		return "none"
	}
	return fmt.Sprintf("%ds", int64((time.Until(deadline)+time.Second-1)/time.Second))
}

// tests does of gRPC's test service what people call by hand; its other methods are not implemented.
type tests struct {
	testpb.UnimplementedTestServiceServer
}

func (tests) EmptyCall(context.Context, *testpb.Empty) (*testpb.Empty, error) {
	return &testpb.Empty{}, nil
}

func (tests) UnaryCall(_ context.Context, request *testpb.SimpleRequest) (*testpb.SimpleResponse, error) {
	if err := asked(request.GetResponseStatus()); err != nil {
		return nil, err
	}
	return &testpb.SimpleResponse{Payload: request.GetPayload()}, nil
}

func (tests) StreamingOutputCall(request *testpb.StreamingOutputCallRequest, stream testpb.TestService_StreamingOutputCallServer) error {
	return answer(request, stream.Context(), stream.Send)
}

func (tests) FullDuplexCall(stream testpb.TestService_FullDuplexCallServer) error {
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := answer(request, stream.Context(), stream.Send); err != nil {
			return err
		}
	}
}

// answer sends as many messages as are asked for, each after its pause, and ends with the status that is asked for.
func answer(request *testpb.StreamingOutputCallRequest, ctx context.Context, send func(*testpb.StreamingOutputCallResponse) error) error {
	for _, message := range request.GetResponseParameters() {
		select {
		case <-time.After(time.Duration(message.GetIntervalUs()) * time.Microsecond):
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		}
		body := make([]byte, min(max(message.GetSize(), 0), 1<<20))
		if err := send(&testpb.StreamingOutputCallResponse{Payload: &testpb.Payload{Body: body}}); err != nil {
			return err
		}
	}
	return asked(request.GetResponseStatus())
}

func asked(wanted *testpb.EchoStatus) error {
	return status.Error(codes.Code(wanted.GetCode()), wanted.GetMessage())
}
