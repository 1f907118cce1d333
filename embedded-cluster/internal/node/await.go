package node

import (
	"time"

	v1 "k8s.io/api/core/v1"
)

// retryEvery is how often what hinders a container is looked at again. A kubelet waits longer and longer, because it asks a
// registry; here a look costs nothing, and whoever has just registered an image is watching.
const retryEvery = time.Second

// A hindrance is why a container does not start yet, in the words of a kubelet.
type hindrance struct{ reason, message string }

func hinder(reason string, err error) *hindrance {
	if err == nil {
		return nil
	}
	return &hindrance{reason, err.Error()}
}

// await repeats an attempt until nothing hinders it any more, and shows meanwhile what does. It returns false when the pod
// is to end.
func (p *pod) await(attempt func() *hindrance, containers ...*v1.ContainerStatus) bool {
	for {
		if p.isStopping() {
			return p.interrupt()
		}
		h := attempt()
		if h == nil {
			return true
		}
		p.change(func(*v1.PodStatus) {
			for _, c := range containers {
				c.State = v1.ContainerState{Waiting: &v1.ContainerStateWaiting{Reason: h.reason, Message: h.message}}
			}
		})
		p.publish()
		select {
		case <-p.stop:
			return p.interrupt()
		case <-time.After(retryEvery):
		}
	}
}
