# Ten resources.
class differential::hundred::c095 {
  notify { 'c095 1':
    message => "1 of class c095 on ${facts['networking']['hostname']}",
  }
  notify { 'c095 2':
    message => "2 of class c095 on ${facts['networking']['hostname']}",
  }
  notify { 'c095 3':
    message => "3 of class c095 on ${facts['networking']['hostname']}",
  }
  notify { 'c095 4':
    message => "4 of class c095 on ${facts['networking']['hostname']}",
  }
  notify { 'c095 5':
    message => "5 of class c095 on ${facts['networking']['hostname']}",
  }
  notify { 'c095 6':
    message => "6 of class c095 on ${facts['networking']['hostname']}",
  }
  notify { 'c095 7':
    message => "7 of class c095 on ${facts['networking']['hostname']}",
  }
  notify { 'c095 8':
    message => "8 of class c095 on ${facts['networking']['hostname']}",
  }
  notify { 'c095 9':
    message => "9 of class c095 on ${facts['networking']['hostname']}",
  }
  notify { 'c095 10':
    message => "10 of class c095 on ${facts['networking']['hostname']}",
  }
}
