# Every task, in the lesson's order. Each line is typed at the prompt of datnd-master-node.
kubectl exec -n myapp deploy/front-end -- curl -s http://10.0.2.209:8080
chainwalk answer sql-address "$(kubectl get ep sqlserver -n myapp -o jsonpath='{.subsets[0].addresses[0].ip}')"
kg ep -n myapp
iptables -t nat -L PREROUTING
chainwalk answer service-chain $(iptables -t nat -L KUBE-SERVICES | grep 10.108.197.131 | cut -d' ' -f1)
iptables -t nat -L KUBE-SVC-RGMS66KYPCAJJEVV
chainwalk answer odds 0.50000000000
iptables -t nat -L KUBE-SEP-AXVPFJ6VU2VXWKMK
chainwalk answer pod-chain KUBE-SEP-AXVPFJ6VU2VXWKMK
curl http://10.108.197.131:8080
iptables -t nat -nvL KUBE-SVC-RGMS66KYPCAJJEVV
conntrack -L -d 10.108.197.131
chainwalk answer reply-address 10.0.0.88
chainwalk predict hidden-address yes
kubectl exec -n myapp front-end-797bd75476-jjknv -- curl -s http://10.108.197.131:8080
chainwalk answer pod-source $(ssh datnd-worker-node-1 conntrack -L -d 10.108.197.131 2>/dev/null | grep src=10.0.1.111 | sed 's/.*dst=\([0-9.]*\) sport=8080.*/\1/')
chainwalk answer who-is-hidden every
kubectl scale deploy back-end -n myapp --replicas=3
sleep 8
iptables -t nat -L KUBE-SVC-RGMS66KYPCAJJEVV
kubectl patch svc back-end-service -n myapp -p '{"spec":{"selector":{"app":"nobody"}}}'
sleep 3
curl http://10.108.197.131:8080
iptables -t filter -L KUBE-SERVICES
kubectl patch svc back-end-service -n myapp -p '{"spec":{"selector":{"app":"back-end"}}}'
sleep 3
curl http://10.108.197.131:8080
chainwalk set podServiceLB bpf
chainwalk predict which-counters node
kubectl exec -n myapp deploy/front-end -- curl -s http://10.108.197.131:8080
curl -s http://10.108.197.131:8080
