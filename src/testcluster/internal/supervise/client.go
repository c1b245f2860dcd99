package supervise

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
)

// Client speaks to the supervisor that serves this socket.
type Client struct{ Socket string }

// Start runs a component; without Argv as it ran before.
func (c Client) Start(ctx context.Context, component Component) error {
	_, err := c.ask(ctx, request{start, component})
	return err
}

// Stop ends a component and waits for its end.
func (c Client) Stop(ctx context.Context, name string) error {
	_, err := c.ask(ctx, request{stop, Component{Name: name}})
	return err
}

// Status tells of all components, in the order of their start.
func (c Client) Status(ctx context.Context) ([]Status, error) {
	return c.ask(ctx, request{Action: list})
}

func (c Client) ask(ctx context.Context, request request) ([]Status, error) {
	connection, err := new(net.Dialer).DialContext(ctx, "unix", c.Socket)
	if err != nil {
		return nil, fmt.Errorf("supervisor: %w", err)
	}
	defer connection.Close()
	defer context.AfterFunc(ctx, func() { connection.Close() })()
	if err := json.NewEncoder(connection).Encode(request); err != nil {
		return nil, fmt.Errorf("supervisor: %w", err)
	}
	line, err := bufio.NewReader(connection).ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("supervisor: %w", err)
	}
	var answer response
	if err := json.Unmarshal(line, &answer); err != nil {
		return nil, fmt.Errorf("supervisor: %w", err)
	}
	if answer.Error != "" {
		return answer.Status, errors.New(answer.Error)
	}
	return answer.Status, nil
}
