# fails past-the-chains with not-switched
chainwalk predict which-counters node
kubectl exec -n myapp deploy/front-end -- curl -s http://10.108.197.131:8080
